// The first byte of every message on the private sockets, in one place. No byte
// has two meanings, so a message that comes the wrong way cannot be read.

/// Of a ``ConversationReport``.
enum ReportCode: UInt8, CaseIterable {
  case lockedOut = 0x10
  case ready = 0x11
  case unread = 0x12
  case released = 0x13
  case recorded = 0x14
  case draft = 0x15
  case interrupted = 0x16
  case operatorAbsent = 0x17
  case outputGone = 0x18
  case recordingFailed = 0x19
  case recordingWorks = 0x1a
  case wordsUnread = 0x1b
  case unrecorded = 0x1c
  case tookFloor = 0x1d
  case typed = 0x1e
  case badWords = 0x1f
  case alive = 0x20
  case memory = 0x50
  case queueRead = 0x54
  case proved = 0x55
  case resumable = 0x56
  case detached = 0x57
  case claim = 0x58
  case notTakenOver = 0x5a
  case spoke = 0x5b
  case unsaid = 0x5f
  case shown = 0x5c
  case named = 0x5d
  case over = 0x5e
  case gaveBack = 0x69
  // Of either, at a terminal that is attached.
  case detachAsked = 0x60
  // Of the desk between conversations alone.
  case who = 0x51
  case stopAsked = 0x52
  case suspended = 0x53
  case floorFreed = 0x59
}

/// Of a ``ListenerOrder``.
enum OrderCode: UInt8, CaseIterable {
  case floor = 0x21
  case draft = 0x22
  case place = 0x23
  case full = 0x24
  case stop = 0x25
  case notice = 0x26
  case queue = 0x27
  case answer = 0x28
  case memory = 0x2b
  case blocked = 0x2c
  case handOver = 0x2d
  case takeOver = 0x2e
  case claimRefused = 0x2f
  case graceIsOver = 0x61
  case restart = 0x62
  case unattendedFloor = 0x65
  case attach = 0x66
  case giveBack = 0x67
  // To either.
  case view = 0x68
  // To the desk between conversations alone.
  case yield = 0x29
  case resume = 0x2a
  case awaited = 0x63
  case presence = 0x64
}

/// Of a ``KeeperRequest``.
enum RequestCode: UInt8, CaseIterable {
  case recordDeath = 0x31
  case index = 0x32
  case stop = 0x33
  case floorTaken = 0x34
  case floorFree = 0x35
  case recordRefusals = 0x36
  case answer = 0x37
  case closeResumable = 0x38
  case sealAs = 0x39
}

/// Of a ``KeeperAnswer``.
enum AnswerCode: UInt8, CaseIterable {
  case running = 0x41
  case failed = 0x42
  case recorded = 0x43
  case alive = 0x44
  case resumable = 0x45
  case unconfirmed = 0x46
  case sealMissing = 0x47
  case sealNotKept = 0x48
}

/// Limits of the private sockets.
enum ControlLimits {
  /// Bytes of one message; a Unix socket's buffer holds several
  /// (net.core.wmem_default is 208 KiB).
  static let messageLength = 16 * 1024
  /// Bytes of one text in a message: what is left for the rest of a message is
  /// more than any needs.
  static let textLength = 8 * 1024
  /// Bytes of a draft carried from one conversation to the next: the longest
  /// paste.
  static let draftLength = 64 * 1024
  /// Bytes of what a desk remembers for the next: some hundred lines.
  static let memoryLength = 32 * 1024
  /// Bytes of a part of these. The kernel keeps a message in a power of two with
  /// a few hundred bytes of its own: all parts of both fit a socket's buffer so.
  static let partLength = 15 * 1024
  /// Peers in the queue of whom the operator can be shown the names: as many as
  /// fit one message.
  static let queueLength = 100
  /// Conversations of earlier runs that the keeper names: more than have the floor and
  /// wait in the longest queue in use, and no more than a socket holds.
  static let resumableLimit = 100
  /// Bytes of one text that a client has not confirmed: four times 500 letters, of which
  /// most have one. Twelve of them fit a message.
  static let unconfirmedLength = 1024
  /// Reports read from one conversation in a turn of the loop: more than one
  /// sends when it leaves with the longest draft. The rest waits for the next
  /// turn, behind signals and the other conversations.
  static let reportsAtOnce = 16
  /// Reports in one second of one conversation. A conversation has a dozen to
  /// send in its life, and whoever leans on Ctrl-C some 30 a second.
  static let reportsASecond = 128
  /// Messages that are taken from a process that has ended: more than a socket's
  /// buffer holds, each of which costs it about 1 KiB.
  static let messagesAfterTheEnd = 1024

  /// `draft` in parts that fit a message each, all but what is beyond
  /// ``draftLength``.
  static func parts(ofDraft draft: [UInt8]) -> [[UInt8]] { parts(of: draft, limit: draftLength) }

  /// The same of what a desk remembers, with ``memoryLength``.
  static func parts(ofMemory memory: [UInt8]) -> [[UInt8]] {
    parts(of: memory, limit: memoryLength)
  }

  private static func parts(of bytes: [UInt8], limit: Int) -> [[UInt8]] {
    let bytes = bytes.prefix(limit)
    return stride(from: 0, to: bytes.count, by: partLength).map {
      Array(bytes[$0...].prefix(partLength))
    }
  }
}
