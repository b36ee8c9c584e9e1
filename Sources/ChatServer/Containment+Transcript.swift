import ChatPosix
import Transcript

extension Containment {
  /// What a conversation and the keeper keep beside their open descriptors:
  /// the transcript, which may have to be opened again at any time. Without one
  /// that is nothing.
  ///
  /// Everything below the transcript's directory stays within reach, since
  /// files that are yet to be made in it have no other name to the kernel. A
  /// conversation may cut the database and its log, and not the memory that all
  /// share (`-shm`): whoever has it mapped would be killed. Who begins that is the
  /// keeper.
  static func around(transcript path: String?, _ role: Role) -> Containment {
    guard let path else { return Containment(role) }
    return Containment(
      role,
      directory: FilePath(path).resolvingLinks().removingLastComponent(),
      readableFiles: [
        // SQLite seeds its random numbers from it, the log's salts among them
        // (https://sqlite.org/fileformat2.html#the_write_ahead_log).
        "/dev/urandom"
      ],
      shrinkableFiles: role == .conversation ? TranscriptWriter.shrinkableFiles(of: path) : nil)
  }
}
