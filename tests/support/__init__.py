"""What the black-box tests share: a region to talk to, waiting, probing, and proof that nothing is left."""
