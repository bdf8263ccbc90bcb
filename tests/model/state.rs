//! What the clients are at, and what they hold.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Ready,
    Blocked,
    Refused,
    Orphan,
    Suspended,
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    pub mode: Mode,
    pub at: u8,
    pub rounds: u8,
    /// How often it went back to an earlier step; not counted in runs without end.
    pub laps: u8,
    pub held: u32,
    /// The slots that others held when it tried them.
    pub noted: u32,
    /// The slots that its other threads have got, with an open file of their own.
    pub aside: u32,
    /// What it held when its command ran it once more, with an open file of its own.
    pub above: u32,
    /// The gate file that it has open; 0 is none.
    pub file: u8,
    /// It has found its gate file under the name, and has not begun to leave.
    pub entered: bool,
    pub running: bool,
    /// What it runs is not to run beside others.
    pub alone: bool,
    pub ever_ran: bool,
    /// Its lock is to be converted; it counts on nobody writing meanwhile.
    pub converting: bool,
    pub upgraded: bool,
    /// It was refused for another that converts, but nobody did.
    pub wronged: bool,
    /// Who was there already when this client asked, a bit each.
    pub before: u8,
    /// Those who waited when this client got main, and then waited for slots; of the others it
    /// passes none when it gets them.
    pub over: u8,
    /// Those of them who had their place.
    pub over_inside: u8,
    /// How many of the other side began to hold while this client waited.
    pub passed: u8,
    /// The same, once this client had its place (a reader its passage, a writer GATE or INTENT).
    pub passed_inside: bool,
    /// A writer that asked later began to hold while this writer waited.
    pub jumped: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub clients: Vec<Client>,
    /// The sleepers; in order of arrival where the order matters.
    pub line: Vec<u8>,
    pub faults: u8,
    /// The gate file that the name leads to; 0 is none.
    pub name: u8,
    /// One who had it open has died, and nobody has opened it since.
    pub abandoned: bool,
}

impl State {
    /// What the name leads to is 1, the others are numbered by the clients that have them open: what differs in
    /// numbers only is one state.
    pub fn number_files(&mut self) {
        let mut known = vec![0];
        let mut number = |file: u8| {
            let place = known.iter().position(|other| *other == file);
            place.unwrap_or_else(|| {
                known.push(file);
                known.len() - 1
            }) as u8
        };
        self.name = number(self.name);
        self.clients.iter_mut().for_each(|client| client.file = number(client.file));
    }

    pub fn is_open(&self, file: u8) -> bool {
        self.clients.iter().any(|client| client.file == file)
    }
}

impl Client {
    /// Whether a command runs, its own or the one that runs it.
    pub fn runs(&self) -> bool {
        self.running || self.above != 0
    }

    pub const fn new(rounds: u8) -> Self {
        Self {
            mode: Mode::Ready,
            at: 0,
            rounds,
            laps: 0,
            held: 0,
            noted: 0,
            aside: 0,
            above: 0,
            file: 0,
            entered: false,
            running: false,
            alone: false,
            ever_ran: false,
            converting: false,
            upgraded: false,
            wronged: false,
            before: 0,
            over: 0,
            over_inside: 0,
            passed: 0,
            passed_inside: false,
            jumped: false,
        }
    }
}
