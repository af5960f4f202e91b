// Passkeys: asks the site for a challenge, the browser for its answer, and sends that in the form. What has `data-passkey`
// is hidden until the browser can do it here; without this file everything else still works, by links that are mailed.
const hints = document.querySelectorAll("[data-passkey-elsewhere]");
const parts = document.querySelectorAll("[data-passkey]");
const known = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;
const here = (part) => known && part.dataset.passkey === location.origin;

// A page that the browser took out of its memory holds an answer that was used already.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-challenge]")) form.elements.credential.value = "";
});

for (const part of parts) part.hidden = !here(part);
for (const hint of hints) hint.hidden = !known || hint.dataset.passkeyElsewhere === location.origin;

async function challenge(form) {
  const answer = await fetch(form.dataset.challenge, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value },
    body: "{}",
  });
  const said = await answer.json();
  if (said.code === "step-up-needed") location.assign(`/step-up?back=${encodeURIComponent(location.pathname)}`);
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

async function answered(form) {
  const said = await challenge(form);
  if (form.elements.ceremony) form.elements.ceremony.value = said.ceremony;
  const found = form.dataset.makes === "true"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(said.public_key) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(said.public_key) });
  return JSON.stringify(found);
}

for (const form of document.querySelectorAll("form[data-challenge]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value !== "") return;
    event.preventDefault();
    const trouble = form.querySelector("[role=alert]");
    trouble.hidden = true;
    try {
      form.elements.credential.value = await answered(form);
      form.requestSubmit();
    } catch {
      form.elements.credential.value = "";
      trouble.hidden = false;
      trouble.textContent = trouble.dataset.text;
    }
  });
}
