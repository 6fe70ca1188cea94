import Errors

/// True when the text holds something that redaction would take out.
func holdsSecret(_ text: String) -> Bool { Redactor.redact(text) != text }
