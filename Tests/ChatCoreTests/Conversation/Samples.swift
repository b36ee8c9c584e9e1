import ChatCore

/// The handles of the original's mock run.
let tatyana = sampleHandle("tatyana")
let mike = sampleHandle("mike")
/// A few messages that can be told apart.
let words = ["hi", "resending", "are you there?", "é 日本 👨‍👩‍👧", "two\nlines"].map(sampleMessage)

func sampleHandle(_ text: String) -> Handle {
  do {
    return try Handle(text)
  } catch {
    fatalError("the sample handle \(text) is no handle: \(error)")
  }
}

func sampleMessage(_ text: String) -> Message {
  do {
    return try Message(text)
  } catch {
    fatalError("the sample message \(text) is no message: \(error)")
  }
}
