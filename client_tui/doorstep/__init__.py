"""The question for the passphrase, on the screen before anything heavy is loaded: standard library only."""
