"""Loads the modules that every notebook needs, in the process that kernels are forked off and in no other."""
# ruff: noqa: F401

import gc

import ipykernel.debugger
import ipykernel.kernelapp
import IPython.extensions.storemagic
import matplotlib

import gongbao.chapter
import gongbao.figures.statistics
import gongbao.results.kernels

# a kernel sets this when it imports matplotlib, which is loaded here
matplotlib.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
# modules stay loaded: garbage collection in kernels skips them, which would otherwise copy the memory that kernels
# share; and it looks less often through what the notebook makes
gc.freeze()
gc.set_threshold(50_000)
