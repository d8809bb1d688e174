#ifndef HOLDFAST_FAULT_SHIM_H
#define HOLDFAST_FAULT_SHIM_H

// A library for LD_PRELOAD that counts a program's calls into librados and librbd, and kills or freezes the program at
// one of them. The program under test needs no code for it, so that what is tested is what is shipped.
//
// HOLDFAST_FAULT      what to do and when: "ACTION MOMENT NUMBER [FUNCTION]", for example "kill before 7" or
//                     "stop after 1 rbd_create4". ACTION: kill (SIGKILL) or stop (SIGSTOP, once). MOMENT: before the
//                     call is made, or after it has returned; an asynchronous call is only submitted then. NUMBER: the
//                     how manieth call, from 1; of all calls, or of those of one FUNCTION.
// HOLDFAST_FAULT_LOG  a file that each call is noted in, one line each: "NUMBER FUNCTION", before it is made.
//
// Counted are the calls that reach a Ceph cluster; see points.c. Calls that fill or free memory are not.

#endif
