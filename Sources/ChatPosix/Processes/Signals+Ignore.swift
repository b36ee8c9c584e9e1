import Glibc

extension Signals {
  /// Leaves Ctrl-C to a program that this one waits for, such as a pager,
  /// which is in the same process group and gets it too. signal(2)
  /// SIG_IGN.
  public static func leaveInterruptToChild() {
    signal(SIGINT, SIG_IGN)
  }
}
