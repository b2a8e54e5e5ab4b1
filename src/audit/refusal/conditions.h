/* What makes a call that needs no capability as a rule one that does. */
#ifndef SCRUN_REFUSAL_CONDITIONS_H
#define SCRUN_REFUSAL_CONDITIONS_H

#include "../call.h"
#include "proc.h"

/* Whether CALL, by CALLER, is such a one. ARG is the argument that tells it. */
typedef bool condition(const struct call *call,
		       const struct credentials *caller, unsigned int arg);

/* bpf(2), BPF_PROG_LOAD: ARG, the attributes, are of a program that the kernel
 * wants CAP_NET_ADMIN for, or CAP_PERFMON. */
condition is_network_program, is_tracing_program;

/* ioctl(2), FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR: the file is another user's;
 * ARG, the request, changes whether it is immutable or append-only. */
condition is_others_file, changes_immutable;

/* msgctl(2), IPC_SET: the queue ARG is another user's; ARG, what is to be set,
 * makes it larger than what everybody may have. */
condition is_others_queue, is_large_queue;

/* rt_sigqueueinfo(2): ARG looks as if it came from the kernel, or from
 * tgkill(2): one may send that to oneself only. */
condition is_forged_signal;

/* setsockopt(2), SOL_SOCKET: ARG, the option, is of the socket's filter. */
condition is_socket_filter;

/* The same of IPPROTO_IPV6: ARG is of headers of one's own making. */
condition is_ipv6_header;

#endif
