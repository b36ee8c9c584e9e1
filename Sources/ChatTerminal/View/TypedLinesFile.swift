import ChatPosix
import SystemPackage

/// The lines that a user typed, in a file that he named: what Up and Ctrl-R
/// reach also in the next run. A line a row, with `\n` for a line break inside
/// it and `\\` for a backslash.
package final class TypedLinesFile {
  /// Bytes past which the file is cut to its newest lines when it is opened.
  private static let limit: Int64 = 256 * 1024
  /// Bytes that one process adds. Four times the longest line.
  private static let addedLimit = 256 * 1024

  /// Its first row: what begins otherwise is not to be written to.
  private static let header = Array("# lines typed in chatserve and chatclient\n".utf8)

  private let file: PrivateFile
  private var added = 0

  /// Why the lines cannot be kept there.
  package enum Failure: Error {
    case file(PrivateFileError)
    /// It holds something else than lines.
    case foreign
  }

  /// The file that another process opened so.
  package init(_ file: PrivateFile) {
    self.file = file
  }

  /// To be handed over.
  package var descriptor: FileDescriptor { file.descriptor }

  /// It comes and goes with the terminal; a forked child has it with that or not at all.
  package func close() { file.descriptor.closeOnce() }

  /// Opens the file, and cuts it to what will be read of it.
  ///
  /// - Throws: ``Failure``.
  package init(path: String) throws(Failure) {
    do throws(PrivateFileError) {
      file = try PrivateFile.open(FilePath(path), beginning: Self.header)
    } catch {
      throw .file(error)
    }
    let isOwn: Bool
    do throws(SystemCallError) {
      isOwn = try prepare()
    } catch {
      throw .file(.system(error))
    }
    if !isOwn { throw .foreign }
  }

  /// - Returns: whether the file is one of these.
  private func prepare() throws(SystemCallError) -> Bool {
    let isInUse = !lock()
    defer { if !isInUse { try? file.unlock() } }
    let size = try file.size()
    let beginning = try file.read(from: 0, count: Self.header.count)
    guard beginning.isEmpty || beginning == Self.header else { return false }
    try file.makePrivate()
    // Another program adds to it at this moment, or does the same.
    if isInUse { return true }
    if size == 0 {
      try file.append(Self.header)
      return true
    }
    if size > Self.limit {
      let kept = try lines().map(Self.row).joined()
      try file.replace(with: Self.header + Array(kept.utf8))
    } else if try file.read(from: size - 1, count: 1) != [0x0a] {
      // A kill left half a row.
      try file.append([0x0a])
    }
    return true
  }

  /// - Returns: false while another program has the file. A file system without locks
  ///   has none to wait for.
  private func lock() -> Bool {
    do throws(PrivateFileError) {
      try file.lock()
    } catch {
      if case .inUse = error { return false }
    }
    return true
  }

  /// The newest lines, the oldest of them first; none where they cannot be read.
  package func read() -> [String] { (try? lines()) ?? [] }

  private func lines() throws(SystemCallError) -> [String] {
    let size = try file.size()
    let start = max(Int64(Self.header.count), size - Self.limit / 2)
    let bytes = try file.read(from: start, count: Int(Self.limit / 2))
    var rows = bytes.split(separator: 0x0a, omittingEmptySubsequences: true)[...]
    // It begins somewhere in a row.
    if start > Self.header.count { rows = rows.dropFirst() }
    return rows.suffix(InputHistory.maximumCount).map(Self.line)
  }

  /// Adds a line. A file that cannot be written keeps what it has, and has no part
  /// of the line: nobody is held up for it.
  package func append(_ line: String) {
    let row = Array(Self.row(line).utf8)
    guard added + row.count <= Self.addedLimit else { return }
    added += row.count
    guard lock() else {
      // In the moment in which another program adds one, there is nothing to take
      // back with.
      _ = try? file.descriptor.writeAll(row)
      return
    }
    try? file.append(row)
    try? file.unlock()
  }

  private static func row(_ line: String) -> String {
    var row = ""
    for scalar in line.unicodeScalars {
      switch scalar {
      case "\\": row += "\\\\"
      case "\n": row += "\\n"
      default: row.unicodeScalars.append(scalar)
      }
    }
    return row + "\n"
  }

  private static func line(_ row: ArraySlice<UInt8>) -> String {
    var line = ""
    var isEscaped = false
    for scalar in String(decoding: row, as: UTF8.self).unicodeScalars {
      switch (isEscaped, scalar) {
      case (false, "\\"): isEscaped = true
      case (true, "n"):
        line += "\n"
        isEscaped = false
      default:
        // Whatever else the file holds is not to be drawn as it is.
        isEscaped = false
        let isControl =
          scalar.value < 0x20 && scalar != "\t" || (0x7f...0x9f).contains(scalar.value)
        if !isControl { line.unicodeScalars.append(scalar) }
      }
    }
    return line
  }
}
