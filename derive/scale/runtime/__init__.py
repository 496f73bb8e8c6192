"""What is put below files of training at scale as it stands."""
