import ChatCore
import Transcript

/// A report as one JSON object.
enum StatisticsJSON {
  static func object(
    _ report: StatisticsReport, zone: Zone, unit: StatisticsBuilder.Unit
  ) -> JSONObject {
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("stats")
    object["conversations"] = .integer(Int64(report.conversations))
    object["messages"] = .integer(Int64(report.messages))
    object["from_client"] = .integer(Int64(report.messagesOfClients))
    object["from_server"] = .integer(Int64(report.messagesOfServers))
    object["first_message"] = .time(report.firstMessage)
    object["last_message"] = .time(report.lastMessage)
    object["per"] = .string(unit.rawValue)
    object["spans"] = .array(report.spans.map { .object(span($0, zone)) })
    object["handles"] = .array(report.handles.map { .object(speaker($0)) })
    object["longest"] = .array(report.longest.map { .object(length($0)) })
    object["server_reply_ms"] = .object(replies(report.serverReplies))
    object["client_reply_ms"] = .object(replies(report.clientReplies))
    object["without_floor"] = .integer(Int64(report.silent))
    object["drops"] = .integer(Int64(report.drops))
    object["resumes"] = .integer(Int64(report.resumes))
    // From Monday, and of each day from midnight.
    object["week"] = .array(
      report.week.map { hours in .array(hours.map { .integer(Int64($0)) }) })
    return object
  }

  private static func span(_ span: StatisticsReport.Span, _ zone: Zone) -> JSONObject {
    var object = JSONObject()
    object["start"] = .string(Stamp.full(zone.moments(of: span.start).first, in: zone))
    object["messages"] = .integer(Int64(span.messages))
    return object
  }

  private static func speaker(_ speaker: StatisticsReport.Speaker) -> JSONObject {
    var object = JSONObject()
    object["handle"] = .string(speaker.name)
    object["party"] = .string(speaker.party.rawValue)
    object["conversations"] = .integer(Int64(speaker.conversations))
    object["messages"] = .integer(Int64(speaker.messages))
    return object
  }

  private static func length(_ length: StatisticsReport.Length) -> JSONObject {
    var object = JSONObject()
    object["conversation"] = .integer(length.conversation)
    if let transcript = length.transcript { object["transcript"] = .string(transcript) }
    object["client"] = .string(length.client)
    object["seconds"] = .integer(length.seconds)
    object["messages"] = .integer(Int64(length.messages))
    return object
  }

  private static func replies(_ replies: ReplyTimes) -> JSONObject {
    var object = JSONObject()
    object["count"] = .integer(Int64(replies.count))
    object["median"] = replies.percentile(0.5).map { .integer($0) } ?? .null
    object["p90"] = replies.percentile(0.9).map { .integer($0) } ?? .null
    return object
  }
}
