import Model

/// A window as the tests write it: from and to in seconds since 1970.
func seconds(_ from: Int64, _ to: Int64) -> Window { Window(from: Timestamp(seconds: from), to: Timestamp(seconds: to)) }
