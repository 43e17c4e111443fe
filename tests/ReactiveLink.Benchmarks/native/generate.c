// Sends valid profile A frames (CRC-32 of everything after it, sequence, payload; big-endian) to 127.0.0.1:PORT, as fast as it
// can or paced, and prints one line at its end. Options: see usage(). Linux only.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { MAX_MESSAGES = 1024, MAX_DATAGRAM = 65507, MAX_SEGMENTS = 64, HEADER = 8 };

static volatile int stop;

static void fail(const char *what) { perror(what); exit(1); }

static void usage(void)
{
    fputs("usage: generate PORT [--size BYTES] [--payload FILE] [--seconds S] [--count N] [--rate PER_SECOND]\n"
          "                [--segments N (1: no UDP_SEGMENT)] [--batch DATAGRAMS_PER_CALL] [--peers N (source addresses)]\n"
          "Without --seconds and --count it runs until its input closes.\n", stderr);
    exit(2);
}

static uint64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *wait_for_end_of_input(void *unused)
{
    char c[64];
    while (read(0, c, sizeof c) > 0) { }
    stop = 1;
    return unused;
}

static void put32(unsigned char *p, uint32_t v) { v = htonl(v); memcpy(p, &v, 4); }

// The CRC is affine over GF(2): with a fixed payload, the CRC for any sequence number is that for zero, xored with one
// contribution per byte of the number. Four table look-ups replace a pass over the frame.
static uint32_t crc_of_zero, contribution[4][256];

static uint32_t crc32_of(const unsigned char *p, size_t n)
{
    static uint32_t table[256];
    if (!table[1])
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
            table[i] = c;
        }
    uint32_t crc = 0xFFFFFFFFu;
    while (n--) crc = crc >> 8 ^ table[(crc ^ *p++) & 0xFF];
    return ~crc;
}

static void prepare_crc(unsigned char *frame, size_t size)
{
    put32(frame + 4, 0);
    crc_of_zero = crc32_of(frame + 4, size - 4);
    for (int byte = 0; byte < 4; byte++)
        for (int value = 0; value < 256; value++) {
            frame[4 + byte] = (unsigned char)value;
            contribution[byte][value] = crc32_of(frame + 4, size - 4) ^ crc_of_zero;
            frame[4 + byte] = 0;
        }
}

static inline void stamp(unsigned char *frame, uint32_t sequence)
{
    put32(frame, crc_of_zero ^ contribution[0][sequence >> 24] ^ contribution[1][sequence >> 16 & 0xFF]
        ^ contribution[2][sequence >> 8 & 0xFF] ^ contribution[3][sequence & 0xFF]);
    put32(frame + 4, sequence);
}

int main(int argc, char **argv)
{
    if (argc < 2) usage();
    long size = 64, segments = MAX_SEGMENTS, batch = 0, peers = 1;
    double seconds = 0, rate = 0;
    uint64_t count = 0;
    unsigned char *payload = malloc(MAX_DATAGRAM);
    for (int i = 0; i < MAX_DATAGRAM; i++) payload[i] = (unsigned char)i;
    for (int i = 2; i < argc; i += 2) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!value) usage();
        if (!strcmp(name, "--size")) size = atol(value);
        else if (!strcmp(name, "--seconds")) seconds = atof(value);
        else if (!strcmp(name, "--count")) count = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--rate")) rate = atof(value);
        else if (!strcmp(name, "--segments")) segments = atol(value);
        else if (!strcmp(name, "--batch")) batch = atol(value);
        else if (!strcmp(name, "--peers")) peers = atol(value);
        else if (!strcmp(name, "--payload")) {
            FILE *file = fopen(value, "rb");
            if (!file) fail(value);
            size = HEADER + (long)fread(payload, 1, MAX_DATAGRAM - HEADER, file);
            fclose(file);
        } else usage();
    }
    if (size < HEADER || size > MAX_DATAGRAM || segments < 1 || segments > MAX_SEGMENTS || batch < 0 || peers < 1 || peers > 10000000)
        usage();
    if (segments > MAX_DATAGRAM / size) segments = MAX_DATAGRAM / size;
    if (!batch) batch = rate > 0 ? segments : segments > 1 ? segments * 16 : 64;
    if (batch > segments * MAX_MESSAGES) batch = segments * MAX_MESSAGES;

    int s = socket(AF_INET, SOCK_DGRAM, 0), gso = (int)size;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to)) fail("connect");
    if (segments > 1 && setsockopt(s, SOL_UDP, UDP_SEGMENT, &gso, sizeof gso)) fail("UDP_SEGMENT");

    // The kernel copies what is sent before the call returns, so one batch of frames is enough; only headers change.
    unsigned char *frames = malloc((size_t)(batch * size));
    uint32_t *sequences = calloc((size_t)peers, sizeof *sequences);
    for (long i = 0; i < batch; i++) memcpy(frames + i * size + HEADER, payload, (size_t)(size - HEADER));
    prepare_crc(frames, (size_t)size);

    static struct mmsghdr messages[MAX_MESSAGES];
    static struct iovec parts[MAX_MESSAGES];
    static _Alignas(struct cmsghdr) char control[MAX_MESSAGES][CMSG_SPACE(sizeof(struct in_pktinfo))];
    for (int i = 0; i < MAX_MESSAGES; i++) {
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        if (peers == 1) continue;
        // Every address of 127.0.0.0/8 is ours to send from: a peer costs no socket.
        messages[i].msg_hdr.msg_control = control[i];
        messages[i].msg_hdr.msg_controllen = sizeof control[i];
        struct cmsghdr *c = CMSG_FIRSTHDR(&messages[i].msg_hdr);
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_PKTINFO;
        c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    }

    pthread_t watcher;
    if (!seconds && !count && pthread_create(&watcher, NULL, wait_for_end_of_input, NULL)) fail("pthread_create");

    uint64_t start = now(CLOCK_MONOTONIC), sent = 0, refused = 0, end = seconds > 0 ? start + (uint64_t)(seconds * 1e9) : UINT64_MAX;
    long peer = 0;
    while (!stop && (!count || sent < count)) {
        uint64_t clock = now(CLOCK_MONOTONIC);
        if (clock >= end) break;
        if (rate > 0 && (double)(clock - start) * rate < (double)sent * 1e9) continue; // not due yet: spin, a sleep is too coarse

        long due = count && count - sent < (uint64_t)batch ? (long)(count - sent) : batch, prepared = 0;
        int n = 0, done = 0;
        for (; prepared < due; n++) {
            long run = due - prepared < segments ? due - prepared : segments;
            unsigned char *first = frames + prepared * size;
            for (long i = 0; i < run; i++) stamp(first + i * size, sequences[peer]++);
            parts[n] = (struct iovec) { first, (size_t)(run * size) };
            prepared += run;
            if (peers > 1) {
                struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(0x7F010000u + (uint32_t)peer) };
                memcpy(CMSG_DATA(CMSG_FIRSTHDR(&messages[n].msg_hdr)), &info, sizeof info);
                if (++peer == peers) peer = 0;
            }
        }
        while (done < n && !stop) {
            int accepted = sendmmsg(s, messages + done, (unsigned)(n - done), 0);
            if (accepted > 0) {
                for (int i = done; i < done + accepted; i++) sent += parts[i].iov_len / (size_t)size;
                done += accepted;
            } else if (errno == ECONNREFUSED || errno == ENOBUFS || errno == EAGAIN || errno == EINTR) {
                refused++;
                if (now(CLOCK_MONOTONIC) >= end) stop = 1;
            } else fail("sendmmsg");
        }
    }
    printf("sent=%llu elapsedNs=%llu cpuNs=%llu refused=%llu\n", (unsigned long long)sent,
        (unsigned long long)(now(CLOCK_MONOTONIC) - start), (unsigned long long)now(CLOCK_THREAD_CPUTIME_ID), (unsigned long long)refused);
    return 0;
}
