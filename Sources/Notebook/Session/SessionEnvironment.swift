import Model
import Render
import Platform
import Terminal

/// The environment of a session: fixed when the program starts, so that the same statements give the same bytes.
package struct SessionEnvironment: Sendable {
    /// The folders of the user and of the program.
    package var locations: Locations
    /// The terminal, or what replaces it.
    package var traits: TerminalTraits
    /// The instant that counts as now; nil reads the clock for each statement.
    package var pinnedNow: Timestamp?
    /// The width of pictures; nil asks the terminal for each answer.
    package var width: Int?
    /// True for pictures of ASCII characters alone.
    package var usesASCII: Bool
    /// True when the time taken is shown under answers.
    package var showsTime: Bool
    /// False when nobody reads answers as they come: they are drawn when they are asked for.
    package var showsAnswers = true

    /// Reads the environment variables and the terminal's traits.
    package init(variables: [String: String], traits: TerminalTraits) {
        locations = Locations(environment: variables)
        self.traits = traits
        usesASCII = !traits.isUTF8 || traits.isDumb
        showsTime = traits.outputIsTerminal
    }

    /// How pictures are drawn.
    package func style(in zone: Zone, now: Timestamp?) -> Style {
        Style(
            widthInColumns: width ?? traits.width, glyphs: usesASCII ? .ascii : .unicode,
            theme: traits.usesColor ? .colour : .plain, zone: zone, now: now)
    }
}
