import ChatCore
import ChatPosix
import Transcript

/// The newest seal of a transcript that a key has made, in a file beside that key: who
/// can write the transcript, and not there, takes no seal out of it unnoticed.
package struct KeptSealFile: Hashable, Sendable {
  /// Bytes of it, blanks at its end among them: always as many, so that each seal is
  /// written over the one before in one piece of one sector, without a call that a
  /// contained process may not make.
  private static let length = 128

  package let path: FilePath

  /// `nil` where the key is kept nowhere.
  ///
  /// - Parameters:
  ///   - database: the transcript; another path is another transcript, however it is
  ///     written.
  ///   - key: what it is sealed with.
  package init?(of database: String, beside key: KeyFile) {
    guard !key.path.isEmpty else { return nil }
    let name = SealMark.name(of: FilePath(database).resolvingWhatIsThere().string)
    path = FilePath("\(key.path.string).seal-\(name)")
  }

  /// Opens it, or makes it with nothing in it.
  ///
  /// - Throws: why it cannot be used.
  func open() throws(KeyTrouble) -> PrivateFile {
    do throws(PrivateFileError) {
      try PrivateFile.makeDirectories(of: path)
      if let file = try PrivateFile.openToChange(path, isCreating: true) { return file }
    } catch {
      throw KeyTrouble(error, others: .cannotMake)
    }
    throw KeyTrouble(.cannotMake)
  }

  /// What is kept; `nil` where nothing is.
  ///
  /// - Throws: why it cannot be used.
  package func read() throws(KeyTrouble) -> SealMark? {
    let file: PrivateFile?
    do throws(PrivateFileError) {
      file = try PrivateFile.openExisting(path)
    } catch {
      throw KeyTrouble(error, others: .unreadable)
    }
    guard let file else { return nil }
    defer { file.descriptor.closeOnce() }
    return try Self.read(file)
  }

  /// Keeps this one in place of what is kept; `nil`: none.
  ///
  /// - Throws: why it cannot be used.
  package func keep(_ mark: SealMark?) throws(KeyTrouble) {
    let file = try open()
    defer { file.descriptor.closeOnce() }
    do throws(SystemCallError) {
      guard let mark else { return try file.truncate(to: 0) }
      try Self.write(mark, to: file)
    } catch {
      throw KeyTrouble(.cannotMake, errno: error.errno.rawValue)
    }
  }

  static func read(_ file: PrivateFile) throws(KeyTrouble) -> SealMark? {
    let bytes: [UInt8]
    do throws(SystemCallError) {
      bytes = try file.read(from: 0, count: length + 1)
    } catch {
      throw KeyTrouble(.unreadable, errno: error.errno.rawValue)
    }
    if bytes.isEmpty { return nil }
    guard bytes.count == length, let end = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x0a }),
      let text = String(validating: bytes[...end], as: UTF8.self), let mark = SealMark(text)
    else { throw KeyTrouble(.damaged) }
    return mark
  }

  static func write(_ mark: SealMark, to file: PrivateFile) throws(SystemCallError) {
    let text = Array(mark.text.utf8)
    let blanks = [UInt8](repeating: 0x20, count: max(0, length - text.count - 1))
    try file.write(text + blanks + [0x0a], at: 0)
  }
}

/// The newest seal as the keeper of a transcript knows it: in memory, and in its file,
/// which is open from before this process was contained.
struct KeptSeal {
  private let file: PrivateFile?
  /// `nil`: no seal is known of.
  private(set) var mark: SealMark?
  /// Why it is in memory alone.
  let trouble: KeyTrouble?

  /// `nil`: in memory alone.
  init(_ place: KeptSealFile?) {
    var found: (file: PrivateFile?, mark: SealMark?, trouble: KeyTrouble?)
    do throws(KeyTrouble) {
      if let file = try place?.open() {
        // One that holds something else is left to the user.
        found = (file, try KeptSealFile.read(file), nil)
      }
    } catch {
      found.trouble = error
    }
    (file, mark, trouble) = found
  }

  /// A full disk keeps the one before in the file, which is good too as long as the
  /// transcript has it.
  mutating func keep(_ mark: SealMark) {
    self.mark = mark
    if let file { try? KeptSealFile.write(mark, to: file) }
  }
}
