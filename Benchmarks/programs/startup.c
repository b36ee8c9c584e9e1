// How long a program takes to be of use.
//
// startup listen PORT PROGRAM WORD…        until PORT accepts a connection
// startup prompt PORT TEXT PROGRAM WORD…   on a terminal, until it shows TEXT;
//                                          a chat server's greeting is at PORT
// Prints ms. The program is ended by SIGTERM.
#include "measure.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

static void end(pid_t child) {
  kill(child, SIGTERM);
  for (int i = 0; i < 2000; i++) {
    if (waitpid(child, NULL, WNOHANG) == child) return;
    usleep(1000);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static void until_listening(int port, char **program) {
  uint64_t start = now();
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++) dup2(null, i);
    execvp(program[0], program);
    _exit(127);
  }
  int peer;
  while ((peer = try_connect(port)) < 0) {
    if (now() - start > 10000000000) fail("nothing listens after 10 s");
    usleep(50);
  }
  printf("%.3f\n", (double)(now() - start) / 1e6);
  close(peer);
  end(child);
}

static void until_prompt(int port, const char *text, char **program) {
  int listener = listen_at(port), terminal, peer = -1;
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  static char shown[65536];
  size_t length = 0;
  uint64_t start = now();
  pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child == 0) {
    setenv("TERM", "xterm-256color", 1);
    execvp(program[0], program);
    _exit(127);
  }
  while (!strstr(shown, text)) {
    struct pollfd wait[] = {{.fd = terminal, .events = POLLIN},
                            {.fd = peer < 0 ? listener : -1, .events = POLLIN}};
    if (poll(wait, 2, 10000) <= 0) fail("no prompt after 10 s");
    if (wait[1].revents) {
      peer = accept(listener, NULL, NULL);
      send_all(peer, "SERVER", 7);
    }
    if (wait[0].revents) {
      ssize_t count = read(terminal, shown + length, sizeof shown - 1 - length);
      if (count <= 0) fail("the program ended");
      // A NUL of the greeting would hide what follows it.
      for (ssize_t i = 0; i < count; i++)
        if (!shown[length + (size_t)i]) shown[length + (size_t)i] = ' ';
      length += (size_t)count;
      shown[length] = 0;
    }
  }
  printf("%.3f\n", (double)(now() - start) / 1e6);
  end(child);
}

int main(int count, char **words) {
  if (count < 4) return 64;
  int port = atoi(words[2]);
  if (!strcmp(words[1], "listen")) until_listening(port, words + 3);
  else if (count > 4) until_prompt(port, words[3], words + 4);
  else return 64;
}
