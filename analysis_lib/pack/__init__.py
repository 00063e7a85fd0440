"""From notebooks to a published pack: plan, run, export, publish, index, manifest."""
