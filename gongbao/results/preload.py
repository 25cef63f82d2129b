"""Loads what every notebook needs in the process that kernels are forked off, and in no other."""
# ruff: noqa: F401

import atexit
import gc
import os

import ipykernel.debugger
import ipykernel.kernelapp
import IPython.extensions.storemagic
import matplotlib

import gongbao.chapter
import gongbao.figures.statistics
import gongbao.results.kernels

# a kernel sets this when it imports matplotlib, which is loaded here
matplotlib.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
# what is loaded stays: kernels need not look through it for what to free, nor have copies of it by that; nor, every few
# hundred objects, through what the notebook has
gc.freeze()
gc.set_threshold(50_000)
# when the build is done: Python would take apart all that is loaded, and whoever waits for the last word of the build,
# as at the other end of a pipe, would wait for that
atexit.register(os._exit, 0)
