"""`python -m analysis_lib` is `panelpack`."""

from analysis_lib.cli import main

if __name__ == "__main__":
    main()
