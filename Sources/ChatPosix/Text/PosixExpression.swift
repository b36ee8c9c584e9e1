import Glibc

/// An extended regular expression of the C library, asked only whether it is found.
/// regex(3); no locale is ever set, so it knows bytes, and letters of ASCII alone.
public final class PosixExpression {
  private let compiled = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)

  /// - Returns: `nil` for what the library does not take.
  public init?(_ pattern: String, ignoresCase: Bool) {
    let flags = REG_EXTENDED | REG_NOSUB | (ignoresCase ? REG_ICASE : 0)
    guard regcomp(compiled, pattern, flags) == 0 else {
      compiled.deallocate()
      return nil
    }
  }

  deinit {
    regfree(compiled)
    compiled.deallocate()
  }

  /// Whether `text` has it; `nil` when the library cannot tell, for want of memory.
  public func isFound(in text: UnsafeRawBufferPointer) -> Bool? {
    guard let start = text.baseAddress else { return isFound(start: [0], count: 0) }
    return isFound(start: start.assumingMemoryBound(to: CChar.self), count: text.count)
  }

  /// REG_STARTEND of regex(3): a text that has no NUL after it.
  private func isFound(start: UnsafePointer<CChar>, count: Int) -> Bool? {
    guard let end = regoff_t(exactly: count) else { return nil }
    var range = regmatch_t(rm_so: 0, rm_eo: end)
    switch regexec(compiled, start, 1, &range, REG_STARTEND) {
    case 0: return true
    // REG_NOMATCH, which is an enumeration to Swift under a name of its own.
    case 1: return false
    default: return nil
    }
  }
}
