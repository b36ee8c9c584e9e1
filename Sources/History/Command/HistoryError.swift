import ChatPosix
import Transcript

/// Why a history command did not do what it was asked, as evidence; the
/// sentences are in ``HistoryMessages``.
enum HistoryError: Error, Hashable {
  /// The first word is not one of `history`'s verbs.
  case verb(String)
  /// A time after `option` that cannot be read.
  case time(TimeFormError, option: String)
  case zone(ZoneError)
  /// Not an id, `@`, `@~N` or a range of them.
  case reference(String)
  /// A well-formed reference to nothing.
  case unknownConversation(String)
  /// A reference that may be to any of several transcripts, and the name of one
  /// of them.
  case nameMissing(String, name: String)
  /// An option that says something of one transcript alone.
  case notOfSeveral(option: String)
  /// More than one was given to a verb that takes one.
  case oneTranscript
  case expression(String)
  /// A value that an option does not take, and what it does.
  case value(String, option: String, takes: String)
  /// The database that was named is not there.
  case databaseMissing(String)
  /// No home directory to look for the database in.
  case noHome
  case transcript(TranscriptError)
  case output(SystemCallError, path: String?)
  /// The file to be written is the transcript, or one of those beside it.
  case outputIsTranscript(String)
  /// Something is where the backup is to be.
  case backupExists(String)
  /// What is there is a directory, a device, a pipe.
  case backupNotFile(String)
  case backupForeignLink(String)
  /// This log of a database would be taken for the backup's.
  case backupHasLog(String)
  /// The copy has what `verify` calls damage.
  case backupDamaged(String)
  /// A conversation that is to be deleted and has not ended.
  case conversationOpen(Int64)
  /// Nothing was asked because there is no terminal to ask on; the verb.
  case unconfirmed(String)
  /// `--proof` with what leaves out a part of a conversation, or has another form.
  case proofOfPart
  /// The key in this file cannot be used; whether the file was named.
  case key(path: String, isNamed: Bool)
  /// There is no such file as was named for the key.
  case keyMissing(String)
  /// The process with the key gives no signature.
  case unsealed
}

extension HistoryError {
  /// What a block threw that reads the transcript and writes what it reads:
  /// nothing else is thrown in one.
  init(_ error: any Error) {
    switch error {
    case let error as HistoryError: self = error
    case let error as TranscriptError: self = .transcript(error)
    default: fatalError("an error of no known kind: \(error)")
    }
  }
}
