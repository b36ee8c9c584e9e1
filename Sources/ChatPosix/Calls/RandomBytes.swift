import CPosix
import SystemPackage

/// Numbers that nobody can guess, and how they leave the memory again.
public enum RandomBytes {
  /// `count` bytes of the kernel's, 1 to 256: of so few none is missing and no signal
  /// comes between. getrandom(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOSYS`, of a kernel before 3.17.
  public static func take(_ count: Int) throws(SystemCallError) -> [UInt8] {
    precondition((1...256).contains(count), "getrandom(2) gives 256 bytes at once or less")
    var bytes = [UInt8](repeating: 0, count: count)
    let taken = try SystemCall.perform("getrandom") {
      Result(errnoFrom: bytes.withUnsafeMutableBytes { cposix_random($0.baseAddress, $0.count) })
    }
    precondition(taken == count, "getrandom(2) gives all of what is so little")
    return bytes
  }

  /// Overwrites bytes that no process which is forked later shall find in what it
  /// inherits: their one copy in memory, whoever else holds it. explicit_bzero(3).
  public static func wipe(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      cposix_wipe(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
    }
  }
}
