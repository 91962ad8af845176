"""An evaluator for the subset of Windows PowerShell 5.1 that the shipped module uses."""
