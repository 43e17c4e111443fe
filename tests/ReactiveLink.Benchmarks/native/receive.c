// The receive baselines: recvmmsg of up to 64 datagrams, and recvmsg with UDP_GRO. Each counts the datagrams and takes the remote
// address, as every contestant does. Linux only.
// Says "port=N" once bound; "begin" on its input opens a window of measurement, "end" closes it and prints it. It ends with its input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 64, LARGEST = 65536 };

static atomic_ullong received;

static void fail(const char *what) { perror(what); exit(1); }

static uint64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *control(void *unused)
{
    char line[16];
    uint64_t count = 0, cpu = 0, time = 0;
    while (fgets(line, sizeof line, stdin)) {
        uint64_t c = atomic_load(&received), p = now(CLOCK_PROCESS_CPUTIME_ID), t = now(CLOCK_MONOTONIC);
        if (!strcmp(line, "end\n")) {
            printf("received=%llu cpuNs=%llu elapsedNs=%llu allocated=0\n", (unsigned long long)(c - count),
                (unsigned long long)(p - cpu), (unsigned long long)(t - time));
        }
        count = c, cpu = p, time = t;
    }
    exit(0);
    return unused;
}

// One thread writes it: a plain add, no locked instruction.
static void add(uint64_t n) { atomic_store_explicit(&received, atomic_load_explicit(&received, memory_order_relaxed) + n, memory_order_relaxed); }

static void receive_batches(int s, size_t size)
{
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    static struct sockaddr_in remotes[BATCH];
    char *buffers = malloc(BATCH * size);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec) { buffers + (size_t)i * size, size };
        messages[i].msg_hdr = (struct msghdr) { .msg_iov = &parts[i], .msg_iovlen = 1, .msg_name = &remotes[i] };
    }
    for (;;) {
        for (int i = 0; i < BATCH; i++) messages[i].msg_hdr.msg_namelen = sizeof remotes[i];
        int n = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, NULL);
        if (n > 0) add((uint64_t)n);
        else if (errno != EINTR) fail("recvmmsg");
    }
}

static void receive_coalesced(int s)
{
    static char buffer[LARGEST];
    int on = 1;
    if (setsockopt(s, SOL_UDP, UDP_GRO, &on, sizeof on)) fail("UDP_GRO");
    for (;;) {
        struct sockaddr_in remote;
        _Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(int))];
        struct iovec part = { buffer, sizeof buffer };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_name = &remote, .msg_namelen = sizeof remote,
            .msg_control = space, .msg_controllen = sizeof space };
        ssize_t length = recvmsg(s, &message, 0);
        if (length < 0) {
            if (errno == EINTR) continue;
            fail("recvmsg");
        }
        int segment = 0;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
            if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) memcpy(&segment, CMSG_DATA(c), sizeof segment);
        add(segment > 0 ? (uint64_t)((length + segment - 1) / segment) : 1);
    }
}

int main(int argc, char **argv)
{
    int gro = argc > 1 && !strcmp(argv[1], "gro");
    if (argc != 4 || (!gro && strcmp(argv[1], "mmsg"))) {
        fputs("usage: receive mmsg|gro LARGEST_DATAGRAM RECEIVE_BUFFER_BYTES\n", stderr);
        return 2;
    }
    int s = socket(AF_INET, SOCK_DGRAM, 0), bytes = atoi(argv[3]);
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof local;
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) || bind(s, (struct sockaddr *)&local, length)
        || getsockname(s, (struct sockaddr *)&local, &length)) fail("bind");
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("port=%d\n", ntohs(local.sin_port));
    pthread_t controller;
    if (pthread_create(&controller, NULL, control, NULL)) fail("pthread_create");
    if (gro) receive_coalesced(s);
    receive_batches(s, (size_t)atoi(argv[2]));
}
