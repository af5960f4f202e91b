# The image of web, worker and migrations; docker-compose.yml says how they run together.
# Where no container engine is at hand this file has not been run; tests hold that its commands exist.
FROM python:3.11-slim

RUN useradd --system --create-home --uid 10001 relay
WORKDIR /srv/relay

# What is locked first: a change of our own code then rebuilds the last layer only.
COPY requirements/runtime.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY . .
# Our own packages lie in the working folder; this makes the command `relay` that pyproject.toml names.
RUN printf '%s\n' '#!/usr/local/bin/python' 'from marketplace.run.cli import main' 'main()' > /usr/local/bin/relay \
  && chmod 755 /usr/local/bin/relay \
  && install -d -o relay -g relay -m 0700 /var/lib/relay

ENV PYTHONPATH=/srv/relay PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 RELAY_DATA=/var/lib/relay RELAY_HOST=0.0.0.0
USER relay
EXPOSE 8000
CMD ["relay", "web"]
