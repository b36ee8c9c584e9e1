extension ChildProcess {
  /// Forks a child with a private line to it; see ``fork(_:)``.
  ///
  /// - Parameter body: runs in the child, with its end of the line.
  /// - Returns: the child's process number and this process's end of the line.
  /// - Throws: ``SystemCallError``: `EMFILE`, `ENFILE`, `EAGAIN` (too many
  ///   processes), `ENOMEM`. Both ends are closed then.
  public static func fork(
    withLine body: (MessageSocket) -> Int32
  ) throws(SystemCallError) -> (processID: Int32, line: MessageSocket) {
    let pair = try SocketPair.open()
    do throws(SystemCallError) {
      let child = try fork {
        pair.one.close()
        return body(pair.other)
      }
      pair.other.close()
      return (child, pair.one)
    } catch {
      pair.one.close()
      pair.other.close()
      throw error
    }
  }
}
