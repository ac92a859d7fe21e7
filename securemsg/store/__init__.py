"""The vault of one person: everything that outlives the process, in one encrypted file.

`vault.Vault` opens it, `Vault.transaction` gives a `transaction.Transaction`, whose
attributes are the repositories: one small class for each concern (Spec: 10).
"""
