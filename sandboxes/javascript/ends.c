/* How a forked Node ends. Loaded before libnode, these take the place of its own, which wait for its platform's threads:
   a fork has none of them. Everything else that they do is for what goes with the process anyway. */
#include <stdio.h>
#include <unistd.h>

/* node::DefaultProcessExitHandlerInternal(node::Environment*, node::ExitCode): process.exit and uncaught exceptions. */
void _ZN4node33DefaultProcessExitHandlerInternalEPNS_11EnvironmentENS_8ExitCodeE(void *environment, int code) {
    (void)environment;
    fflush(NULL);
    _exit(code);
}

/* node::TearDownOncePerProcess(): the last thing that node::Start does before it returns the exit code. */
void _ZN4node22TearDownOncePerProcessEv(void) { fflush(NULL); }
