"""The only door to `stripe`: frozen calls out, our own structs and notifications in. No StripeObject leaves it."""
