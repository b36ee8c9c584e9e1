import ChatCore
import Foundation
import Testing

@testable import Transcript

/// A directory of one test's own, gone with it.
final class Scratch {
  let directory: String

  init() {
    directory = NSTemporaryDirectory() + "transcript-" + UUID().uuidString
    try? FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var path: String { directory + "/transcript.db" }

  /// The permission bits of what is at `path`.
  func mode(_ path: String) throws -> UInt32 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).uint32Value
  }
}

extension Timestamp {
  static func ms(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
}

extension RunDescription {
  static func sample(port: Int = 1027) throws -> RunDescription {
    RunDescription(
      pid: 4711, bootID: "b1946ac9-2492-4d23-8a5b-1f0f4c0e9a11", version: "1.0", port: port,
      handle: try Handle("SERVER"))
  }
}

/// A conversation that waits for its first entry, in a run of its own.
func newConversation(
  _ writer: TranscriptWriter, port: Int = 1027, at time: Int64 = 1000
) throws -> ConversationWriter {
  let run = try writer.startRun(.sample(port: port), at: .ms(time))
  return ConversationWriter(
    writer, run: run, peerAddress: "127.0.0.1", peerPort: 50112, mode: .turns)
}

/// One conversation from open to its last message, without a close.
@discardableResult
func talk(
  _ writer: TranscriptWriter, _ texts: [String], at time: Int64 = 2000
) throws -> ConversationWriter {
  let conversation = try newConversation(writer, at: time)
  var entries: [(Entry, Timestamp)] = [
    (.open, .ms(time)), (.handle(try Handle("tatyana"), .native), .ms(time + 1)),
  ]
  for (index, text) in texts.enumerated() {
    entries.append(
      (
        .message(from: .client, number: index + 1, try Message(text)),
        .ms(time + 2 + Int64(index))
      ))
  }
  try conversation.append(entries)
  return conversation
}

/// The kind of the ``TranscriptError`` that `body` throws; `nil` for none.
func kind(_ body: () throws -> Void) throws -> TranscriptError.Kind? {
  do { try body() } catch let error as TranscriptError { return error.kind }
  return nil
}

extension TranscriptWriter {
  /// Records an end as the keeper does of a conversation that it has found.
  ///
  /// - Returns: whether anything was recorded.
  @discardableResult
  func recordDeath(
    conversation: Int64, run: Int64, at time: Timestamp, by party: Party?, reason: CloseReason,
    detail: String? = nil
  ) throws -> Bool {
    let before = try Archive(connection).newestEvent()
    let end = End(
      openedAt: .ms(0), peerAddress: "::1", peerPort: 1, mode: .turns, at: time, by: party,
      reason: reason, detail: detail)
    try record([(end, .close(conversation))], [], run: run)
    return try Archive(connection).newestEvent() != before
  }
}

extension Archive {
  /// The newest conversations, the newest first.
  func summaries(newest count: Int) throws -> [ConversationSummary] {
    let cursor = conversations(ConversationFilter(), newestFirst: true, counting: true)
    var summaries: [ConversationSummary] = []
    while summaries.count < count, let summary = try cursor.next() { summaries.append(summary) }
    return summaries
  }

  /// All events of a conversation, the oldest first.
  func events(conversation: Int64) throws -> [Event] {
    var filter = EventFilter()
    filter.conversations = [IDRange(conversation)]
    let cursor = try events(filter, newestFirst: false)
    var events: [Event] = []
    while let event = try cursor.next() { events.append(event) }
    return events
  }
}
