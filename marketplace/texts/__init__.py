"""The message catalogues, Japanese and English, for pages, mails and refusals."""
