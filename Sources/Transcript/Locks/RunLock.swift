import ChatPosix

/// The sign that a run of chatserve is alive: a lock on the byte of the side
/// file `<database>-lock` whose number is the run's id.
///
/// It is taken before any conversation is forked, and every process of the
/// run shares it; it is free once the last of them is gone, by a kill or a
/// power cut too. `history` knows an open conversation from a lost one by it.
package final class RunLock {
  private let file: LockFile

  private init(file: LockFile) {
    self.file = file
  }

  /// Takes the lock of a run and holds it until this value and every process
  /// forked since are gone.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - run: the run's id, as ``TranscriptWriter/startRun(_:at:)`` gave it.
  /// - Returns: the lock, to be kept for the life of the process.
  /// - Throws: `cannotCreate` and the like when the side file cannot be opened
  ///   or locked; `locked` when another process holds the lock of this very run.
  package static func acquire(
    database path: String, run: Int64
  ) throws(TranscriptError) -> RunLock {
    precondition(run > 0 && run < WriterQueue.firstPlace, "runs are numbered from 1")
    let name = DatabaseFile.lockFile(of: path)
    do throws(SystemCallError) {
      let file = try LockFile(name, isCreating: true)
      if try file.tryLock(run...run) { return RunLock(file: file) }
    } catch {
      throw TranscriptError(error, path: name.string, others: .cannotCreate)
    }
    throw TranscriptError(.locked, path: name.string)
  }

  /// Whether a process of the run is alive. Needs no right to write; without
  /// a side file nobody is.
  package static func isHeld(database path: String, run: Int64) -> Bool {
    isHeld(in: DatabaseFile.lockFile(of: path), run: run)
  }

  /// The same for who has looked up the side file's name before.
  static func isHeld(in name: FilePath, run: Int64) -> Bool {
    guard run > 0, run < WriterQueue.firstPlace,
      let file = try? LockFile(name, isCreating: false)
    else { return false }
    return (try? file.lockedElsewhere(run...run)) != nil
  }
}

@available(*, unavailable, message: "the lock is given back when the last reference goes")
extension RunLock: Sendable {}
