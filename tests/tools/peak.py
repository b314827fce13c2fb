"""Runs a program; prints the most memory that it had, in bytes: peak.py FOLDER PROGRAM ARGUMENT…"""
import os
import sys

folder, program, *arguments = sys.argv[1:]
child = os.fork()
if child == 0:
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(program, [program, *arguments])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
