import ChatCore

extension PeerCodec {
  mutating func decodeRecords(_ bytes: UnsafeRawBufferPointer, into incoming: inout [Incoming]) {
    // The framer is out of `self` while its closure changes the rest.
    var framer = records
    records = RecordFramer()
    do throws(WireError) {
      try framer.feed(bytes) { (record) throws(WireError) -> Bool in
        if expectsHandle {
          takeHandle(record, into: &incoming)
        } else if let value = Incoming(try NativeCodec.decode(record)) {
          incoming.append(value)
          if case .quit = value { isOver = true }
        }
        return !isOver
      }
    } catch {
      finish(.malformed(error), into: &incoming)
    }
    records = framer
  }

  private mutating func takeHandle(
    _ record: UnsafeRawBufferPointer, into incoming: inout [Incoming]
  ) {
    // A handle is one word, so a goodbye cannot be one: a person may leave at
    // the question for the name.
    if record.starts(with: "quit ".utf8), case .quit(let reason)? = try? NativeCodec.decode(record)
    {
      finish(.quit(reason), into: &incoming)
    } else {
      introduce(String(decoding: record, as: UTF8.self), into: &incoming)
    }
  }

  /// The peer says that `name` is its handle.
  mutating func introduce(_ name: String, into incoming: inout [Incoming]) {
    do throws(HandleError) {
      let handle = try Handle(name)
      peerHandle = handle
      expectsHandle = false
      incoming.append(.handle(handle))
    } catch {
      // A server asks again; nobody asks a server.
      if side == .client { expectsHandle = false }
      incoming.append(.invalidHandle(name, error))
    }
  }
}

extension Incoming {
  /// The value of a native record; `nil` for one that is to be ignored.
  init?(_ record: NativeRecord) {
    switch record {
    case .handle, .unknown: return nil
    case .mode(let mode): self = .mode(mode)
    case .wait(let place): self = .place(place)
    case .floor: self = .floor
    case .say(let number, let message): self = .said(number: number, message)
    case .invalidMessage(let number, let error): self = .invalid(error, number: number)
    case .ack(let number): self = .acknowledged(number)
    case .quit(let reason): self = .quit(reason)
    case .ping: self = .ping
    case .pong: self = .pong
    case .deny(let sentence): self = .denied(sentence)
    }
  }
}
