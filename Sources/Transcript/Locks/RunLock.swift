import Glibc

/// The sign that a run of chatserve is alive: a lock on the byte of the side
/// file `<database>-lock` whose number is the run's id.
///
/// It is taken before any conversation is forked, and every process of the
/// run shares it; it is free once the last of them is gone, by a kill or a
/// power cut too. `history` tells an open conversation from a lost one by it.
public final class RunLock {
  private let file: SideFile

  private init(file: SideFile) {
    self.file = file
  }

  /// Takes the lock of a run and holds it until this value and every process
  /// forked since are gone.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - run: the run's id, as ``TranscriptWriter/startRun(_:at:)`` gave it.
  /// - Returns: the lock, to be kept for the life of the process.
  /// - Throws: `cannotCreate` when the side file cannot be opened or locked;
  ///   `locked` when another process holds the lock of this very run.
  public static func acquire(
    database path: String, run: Int64
  ) throws(TranscriptError) -> RunLock {
    precondition(run > 0 && run < WriterQueue.firstPlace, "runs are numbered from 1")
    guard let file = SideFile(database: path, isCreating: true) else {
      throw TranscriptError(.cannotCreate(errno: errno), path: path + "-lock", errno: errno)
    }
    switch file.tryLock(run...run) {
    case 0: return RunLock(file: file)
    case EAGAIN, EACCES: throw TranscriptError(.locked, path: path + "-lock")
    case let error: throw TranscriptError(.cannotCreate(errno: error), path: path + "-lock")
    }
  }

  /// Whether a process of the run is alive. Needs no right to write; without
  /// a side file nobody is.
  public static func isHeld(database path: String, run: Int64) -> Bool {
    SideFile(database: path, isCreating: false)?.lockedElsewhere(run...run) != nil
  }
}

@available(*, unavailable, message: "the lock is given back when the last reference goes")
extension RunLock: Sendable {}
