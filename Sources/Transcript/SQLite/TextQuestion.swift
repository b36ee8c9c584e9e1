import CSQLite

/// What a query asks of each text, before anything is made of its row: the function
/// `means` of its connection.
final class TextQuestion {
  private let ask: (UnsafeRawBufferPointer) -> Bool
  /// Rows that may still be asked about; then the next is let pass, so that whoever
  /// steps has a place to stop at.
  private var left: Int

  /// - Parameters:
  ///   - limit: how many rows are asked about before one is let pass.
  ///   - ask: is given a text in UTF-8; nothing for NULL.
  init(limit: Int, _ ask: @escaping (UnsafeRawBufferPointer) -> Bool) {
    left = limit
    self.ask = ask
  }

  /// Whether a row was let pass that was not asked about.
  var isSpent: Bool { left <= 0 }

  fileprivate func isMeant(_ text: UnsafeRawBufferPointer) -> Bool {
    left -= 1
    return left <= 0 || ask(text)
  }
}

/// Holds the question of a connection for the function.
final class TextAsker {
  fileprivate var question: TextQuestion?
}

extension Connection {
  /// Runs `body`, whose statements may have `means(text)` in them.
  ///
  /// - Parameters:
  ///   - question: what is asked; `nil` where no statement has it.
  ///   - body: must leave no statement that goes on.
  /// - Returns: what `body` returns.
  /// - Throws: what SQLite reports, and what `body` throws.
  func asking<Result>(
    _ question: TextQuestion?, _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    guard let question else { return try body() }
    let asker = try asker()
    let outer = asker.question
    asker.question = question
    defer { asker.question = outer }
    return try body()
  }

  private func asker() throws(TranscriptError) -> TextAsker {
    if let textAsker { return textAsker }
    let asker = TextAsker()
    // https://www.sqlite.org/c3ref/create_function.html; nothing that is stored can
    // call it.
    let code = sqlite3_create_function_v2(
      handle, "means", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
      Unmanaged.passRetained(asker).toOpaque(),
      { context, _, values in
        guard let data = sqlite3_user_data(context), let value = values?.pointee else { return }
        let asker = Unmanaged<TextAsker>.fromOpaque(data).takeUnretainedValue()
        // The text first, then its size.
        let start = sqlite3_value_text(value)
        let count = Int(sqlite3_value_bytes(value))
        let text = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        sqlite3_result_int(context, asker.question?.isMeant(text) ?? true ? 1 : 0)
      }, nil, nil,
      { data in
        if let data { Unmanaged<TextAsker>.fromOpaque(data).release() }
      })
    guard code == SQLITE_OK else { throw error(code) }
    textAsker = asker
    return asker
  }
}
