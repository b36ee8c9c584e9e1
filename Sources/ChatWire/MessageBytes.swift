import ChatCore

/// Makes messages of received bytes.
enum MessageBytes {
  /// The message that `bytes` say; see `Message.init(bytes:)`. Valid UTF-8,
  /// nearly all there is, is checked and copied once.
  static func message(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MessageError) -> Message {
    if bytes.count > Message.maximumByteCount { throw .tooLong }
    let units = bytes.assumingMemoryBound(to: UInt8.self)
    guard let valid = try? UTF8Span(validating: units.span) else {
      return try Message(String(decoding: bytes, as: UTF8.self), raw: Array(bytes))
    }
    return try Message(String(copying: valid))
  }

  static func message(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> Message {
    var result: Result<Message, MessageError> = .failure(.empty)
    bytes.withUnsafeBytes { buffer in
      do throws(MessageError) {
        result = .success(try message(buffer))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }
}
