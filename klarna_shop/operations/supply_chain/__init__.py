"""What the shop is made of besides its own code: the locked packages, their licences and known weaknesses.

`locked` reads the lock files. `bill_of_materials` writes them down as CycloneDX, with docs/licences.md;
`audit` asks an advisory service about them. Nothing else imports from here.
"""
