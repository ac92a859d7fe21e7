"""Files on their way: encryption into the home, upload, download, saving (Spec: 12)."""
