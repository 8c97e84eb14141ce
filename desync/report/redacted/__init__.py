"""The report with pseudonyms in the place of names and addresses."""
