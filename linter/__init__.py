"""aiplint: a policy-as-code compliance linter for the application platform of AI workloads on Azure."""

__version__ = "0.1.0"
