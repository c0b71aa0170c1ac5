"""Do the papers' claims hold? Rows of their ablation tables on ToyWorld, and what the seeds say."""
