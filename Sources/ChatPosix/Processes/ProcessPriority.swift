import CPosix

/// How this process stands beside others that want the processor; sched(7).
public enum ProcessPriority {
  /// Lets every other process go first, for good: for one that has nothing left
  /// to do but to end, which takes longer than it sounds.
  public static func giveWay() {
    // Where it is refused, the end comes at the usual priority.
    _ = cposix_give_way()
  }
}
