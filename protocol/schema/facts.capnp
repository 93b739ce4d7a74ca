@0xc3a4e8d17b0c5502;
# Facts of every event type: pseudonymous ids and report dimensions, everything that a fold needs. A fold reads no
# configuration, so each value that the decision used stands here (zone offset, phantom seconds, catalogue version).
# Evolution: add fields at the end with a default that means "as before"; never change or reuse one. Enumerations are
# UInt8 with the numbers of protocol/domain/events.h; an unknown number makes the event one to quarantine.

using Cxx = import "/capnp/c++.capnp";
using TellTimes = import "telling.capnp".TellTimes;
$Cxx.namespace("opora::protocol::schema");

struct CallObserved {
  # What a telephone system saw; a set keyed by seq, in any order of arrival.
  source @0 :Text;
  callId @1 :Text;
  seq @2 :UInt32;
  kind @3 :UInt8;
  at @4 :Int64;               # ms, UTC
  desk @5 :UInt16;
  line @6 :Text;
  agent @7 :Text;
  direction @8 :UInt8;
  zoneOffsetMin @9 :Int16;    # of the desk at `at`
  phantomMs @10 :UInt32;      # T5b: unanswered and ended within this long is a phantom call
  journey @11 :Data;          # 16 bytes: the person's way over several sites (T23); empty: he went nowhere else
  fromSite @12 :UInt32;       # that hands him over; 0: he came in here
}

struct ContactRegistered {
  channel @0 :UInt8;
  direction @1 :UInt8;
  occurredAt @2 :Int64;
  desk @3 :UInt16;
  call @4 :Data;              # aggregate or empty
  topic @5 :Text;
  catalogueVersion @6 :UInt32;
  facility @7 :UInt32;        # a site number; 0 is none
  outcome @8 :UInt8;
  refusal @9 :UInt8;
  ticket @10 :Data;           # aggregate or empty
  zoneOffsetMin @11 :Int16;
  problem @12 :Data;          # aggregate or empty
  asking @13 :Asking;
  counter @14 :UInt32;        # A7b: of the number that was told, in the same count as tickets; 0: none
}

struct Asking {
  # Who turned to a desk and for what: numbers of protocol/domain/contact_facts.h. Missing: nothing of it was said.
  kind @0 :UInt8;             # ContactKind
  role @1 :UInt8;             # ApplicantRole
  facilityBy @2 :UInt8;       # FacilityBy
  wish @3 :UInt8;             # WishSubject: what a wish is for (V13); 0 was not said
  hotLine @4 :UInt8;          # HotLine: which line was called (T2); 0 was not said
  passedTo @5 :UInt8;         # PassedTo: where the desk passed it on to (T24)
}

struct DueTimes {
  # By when a ticket must be given to a specialist and completed, as its owner worked it out when something happened: from
  # the ticket's own history and the catalogues that the owner had then, whose versions stand here. A fold copies it; nobody
  # else works it out, so that sites with other catalogues, or none, give the same answer. Moments in ms, UTC; 0 is none, as
  # things stand (it waits for the applicant; its line has no queue). Missing from an event: as before.
  at @0 :Int64;               # of what happened, on the owner's clock; never before the ticket's last
  queue @1 :Text;             # where it waits; empty is none
  queueVersion @2 :UInt32;
  calendarVersion @3 :UInt32;
  productionVersion @4 :UInt32;   # how many years the region had published
  registrationDue @5 :Int64;
  reactionWarn @6 :Int64;     # 75 % of the norm are used
  reactionDue @7 :Int64;
  completionWarn @8 :Int64;
  completionDue @9 :Int64;
  silenceAt @10 :Int64;       # while it waits for the applicant: somebody has to look after him then
}

struct TicketOpened {
  site @0 :UInt32;
  counter @1 :UInt32;
  contact @2 :Data;
  topic @3 :Text;
  catalogueVersion @4 :UInt32;
  urgency @5 :UInt8;
  line @6 :UInt8;
  facility @7 :UInt32;
  receivedAt @8 :Int64;
  zoneOffsetMin @9 :Int16;
  desk @10 :UInt16;
  category @11 :Text;         # the kind of the topic: the norm of reaction goes by it (V3)
  times @12 :DueTimes;
  asking @13 :Asking;         # as of the contact
  telling @14 :UInt8;         # TellRule: of what the applicant is told (A15); 0 of nothing
  language @15 :UInt8;        # Language that he is told in; 0 is the region's
  tell @16 :TellTimes;        # of the registration
}

struct TicketApplicantTold {
  # The applicant was told, or could not be by mail (A15). What he is to be told of is the owner's event at this place of its
  # order; the state remembers it from then on until this says that it is settled. The personal part: the address that the
  # letter went to (sentTo), or what came of the call (text).
  term @0 :UInt32;
  seq @1 :UInt32;
  what @2 :UInt8;             # TellWhat, for who reads the history
  how @3 :UInt8;              # ToldHow: mailed, to be phoned, phoned, not reached
  whom @4 :UInt8;             # ToldWhom; 0 nobody yet
  why @5 :UInt8;              # TellTrouble: why it is to be phoned; 0 otherwise
  tell @6 :TellTimes;         # of the call that is to be made from now on; left out: as of the letter
}

struct TicketAssigned {
  line @0 :UInt8;
  assignee @1 :Text;          # a login; empty is the line's queue
  times @2 :DueTimes;
  holderLine @3 :UInt8;       # the line of the assignee by his roles, 1 to 3 (V3); 0 is not said
}

struct TicketCommented {}

struct TicketAttached {
  # A file that somebody added to a ticket (V6): an addition. The file itself is not in the journal: what is kept and sent
  # beside it is ciphertext in chunks, and this is its manifest. Each chunk is a nonce, 64 KiB of the file (the last one: the
  # rest) and a tag, XChaCha20-Poly1305 under the file's own key; associated data: aggregate 16 | place u32 | chunks u32,
  # big-endian. The key and the file's name are the personal part: with the ticket's key both are forgotten.
  hash @0 :Data;              # 32 bytes: BLAKE2b-256("opora file" | chunks), the file's name
  bytes @1 :UInt64;           # of the file in the clear: 1 byte to 16 MiB
  kind @2 :UInt8;             # FileKind: what its content is
  chunks @3 :Data;            # 32 bytes each, in order: BLAKE2b-256("opora file chunk" | ciphertext)
}

struct TicketClosed {
  status @0 :UInt8;           # done or rejected
  reason @1 :UInt8;           # V11, when rejected
  at @2 :Int64;               # on the owner's clock; 0 is the envelope's time
  reopenUntil @3 :Int64;      # A17: up to when the applicant may object; 0 is never
  result @4 :UInt8;           # TicketResult: what came of a house call (H1) or of waiting (H2); 0 is none, or as before
  tell @5 :TellTimes;
}

struct TicketVisitTold {
  # A house call was passed to the clinic, or the clinic has confirmed it (H1). In the owner's order; passed once more, it is
  # to be confirmed once more. The personal part says who at the clinic took or confirmed it (name), and a note (text).
  step @0 :UInt8;             # VisitStep
  clinic @1 :UInt32;          # a site number; 0 is none that is known here
  times @2 :DueTimes;
}

struct TicketWaitsFor {
  # Whom or what a patient of the waiting list waits for (H2), in the owner's order, the whole of it each time: right behind
  # the opening, and whenever it changes. The personal part may name a doctor.
  speciality @0 :UInt8;       # Speciality
  facility @1 :UInt32;        # where; 0 is anywhere
}

struct Slot {
  # A free appointment.
  speciality @0 :UInt8;       # Speciality
  facility @1 :UInt32;        # 0 is none that is known here
  at @2 :Int64;               # ms, UTC
}

struct TicketListCalled {
  # What a desk says of calling a patient of the waiting list (H2), in the owner's order. A claim says that nobody else calls
  # him up to a moment; each other step ends it. The personal part may hold a note (text).
  step @0 :UInt8;             # ListStep
  by @1 :Text;                # a login
  at @2 :Int64;               # on the owner's clock
  until @3 :Int64;            # of a claim: its end; of no answer and again: not to be called before; else 0
  slot @4 :Slot;              # that is offered; missing is none
}

struct FacilityNoticeChanged {
  # What a facility lets desks know (T11): a doctor on leave, hours of the laboratory. Said by the site itself, in the first
  # term, or by the region, whose first word on a site's notice begins a term of its own, as with problems; the whole of it
  # each time. Days are those of the facility's own calendar, since 1970-01-01. The personal part has the words (text), since
  # they may name a doctor.
  facility @0 :UInt32;        # a site number
  from @1 :Int32;             # the first day
  until @2 :Int32;            # the last day; 0 is until it is withdrawn
  withdrawn @3 :Bool;
}

struct TicketStarted {
  # Somebody works on it now.
  assignee @0 :Text;          # a login
  times @1 :DueTimes;
  holderLine @2 :UInt8;       # as in TicketAssigned
}

struct TicketPaused {
  # It waits for the applicant (V10), its clocks stand. The personal part says what is asked for.
  reason @0 :UInt8;           # WaitReason
  until @1 :Int64;            # the agreed time of a remote session; 0 is none
  times @2 :DueTimes;
  tell @3 :TellTimes;
}

struct TicketResumed {
  # The applicant has answered, or is waited for no more.
  times @0 :DueTimes;
}

struct TicketReclassified {
  # Another urgency or topic: its moments are worked out as if it had been so from the beginning.
  urgency @0 :UInt8;
  topic @1 :Text;
  catalogueVersion @2 :UInt32;
  category @3 :Text;
  times @4 :DueTimes;
}

struct TicketReopened {
  # The applicant objected in time (A17). The clocks stood since it was done and go on.
  times @0 :DueTimes;
}

struct TicketFinished {
  # Closed for ever (A17).
  at @0 :Int64;
}

struct TicketRetimed {
  # The owner worked the moments out again: other catalogues came, or it is another's now.
  times @0 :DueTimes;
}

struct TicketMerged {
  # It is a duplicate of a ticket that was opened before it, of the same owner then; closed, as such, until that is taken
  # back. Its place after the other in the order (opened, aggregate) makes rings impossible, whatever is said at once, lost or
  # restored: an event that says another order is without effect. The personal part may say why.
  into @0 :Data;
  intoOpened @1 :UInt64;      # the hybrid time of the other's opening
  at @2 :Int64;               # on the owner's clock
  undoUntil @3 :Int64;        # up to when it is taken back; 0 is never
}

struct TicketUnmerged {
  # That was a mistake: it is again what it was. The mistake was not the applicant's, so the clocks ran on all the time.
  times @0 :DueTimes;
}

struct TicketPartOf {
  # Said by who opened it, right behind the opening: it was split from another ticket, of which it was a part, and gains no
  # time by that.
  origin @0 :Data;
  since @1 :Int64;            # reaction and completion run from here: when that part was said
  times @2 :DueTimes;
}

struct TicketItemChanged {
  # What there is to do on the way. The personal part of the event that adds an item says what it is (text).
  item @0 :UInt16;            # from 1, in the order in which they were added, never used again
  change @1 :UInt8;           # ItemChange
}

struct TicketOfProblem {
  # A current problem has caused it: who turned to the desk with it is called back when that is over (T9).
  problem @0 :Data;           # aggregate, or empty: it is not so
}

struct TicketDueReached {
  # A share of a norm was used up (A-esc): said once by the owner, so that nobody is told twice or not at all.
  clock @0 :UInt8;            # DueClock
  threshold @1 :UInt8;        # Threshold
  moment @2 :Int64;           # when it was, as it stood then
  link @3 :UInt8;             # LinkThen: whether the owner's site had a line to the region at that moment
  cutSince @4 :Int64;         # when it was cut off: the region had last been heard of then; 0 never, or before
  regionAt @5 :Int64;         # of a deadline that is missed: from when on the region is told; 0 is at once
}

struct ProblemOpened {
  kind @0 :UInt8;
  site @1 :UInt32;            # affected site; 0 is none named
  startedAt @2 :Int64;
}

struct ProblemAffected {
  contact @0 :Data;           # aggregate or empty
}

struct ProblemClosed {}

struct ProblemCalledBack {
  # What came of calling somebody back when the problem was over: an addition. Of one caller the last word stands.
  caller @0 :Data;            # his contact; of a ticket without one, the ticket
  outcome @1 :UInt8;          # CallOutcome
}

struct UserChanged {
  login @0 :Text;
  roles @1 :UInt32;           # bits of Role
  sites @2 :List(UInt32);     # where the user works; 0 is the hub
  disabled @3 :Bool;
  agent @4 :Text;             # the name that the telephone system knows
  desk @5 :UInt16;            # usual desk, 0 none
  skills @6 :List(Text);      # groups of topics that the user works on; none is all of them
  absentFrom @7 :Int32;       # days since 1970-01-01 where the user works; 0 is not absent
  absentTo @8 :Int32;         # the last day of it
  substitute @9 :Text;        # login of who stands in meanwhile; empty is nobody in particular
}

struct SiteChanged {
  site @0 :UInt32;
  name @1 :Text;
  zone @2 :Text;              # IANA name
  desks @3 :List(Desk);
  linkKey @4 :Data;           # 32 bytes: the node's CURVE public key; empty before enrolment
  disabled @5 :Bool;
  supportCode @6 :Text;       # V2: six digits (protocol/domain/support_code.h); empty: none was given yet
  numbersEveryCall @7 :Bool;  # A7b: a call that was answered at once gets a number too
  struct Desk {
    no @0 :UInt16;
    name @1 :Text;
  }
}

struct RubricatorPublished {
  version @0 :UInt32;
  topics @1 :List(Topic);
  struct Topic {
    id @0 :Text;
    kind @1 :Text;
    group @2 :Text;
    name @3 :Text;
    contactKind @4 :UInt8;    # ContactKind of who turns to a desk with it; 0: none in particular
  }
}

struct ProductionYearPublished {
  # The production calendar of one year (A10): the days that are not what their weekday says. The region alone says so,
  # the whole year each time, in the owner's order. A day off has no insteadOf; a working or short day on a weekend names
  # the day off that it stands for and has the hours of that weekday.
  year @0 :UInt16;
  status @1 :UInt8;           # YearStatus
  days @2 :List(Day);         # in their order, each once, within the year
  struct Day {
    day @0 :Int32;            # days since 1970-01-01
    kind @1 :UInt8;           # DayKind
    insteadOf @2 :Int32;      # 0 is none
  }
}

struct Hours {
  # Of one day: when it is worked, in order, with pauses between. Minutes of the local day, 0 to 1440. None is a day off.
  spans @0 :List(Span);
  struct Span {
    from @0 :UInt16;
    to @1 :UInt16;
  }
}

struct CalendarChanged {
  # When queues work. The region alone says so, the whole of it each time, in the owner's order. What follows from it for
  # deadlines is decided by the owner of a ticket and written into the ticket's own events.
  id @0 :Text;                # for ever; a to z, 0 to 9, hyphens
  nameRu @1 :Text;
  nameEn @2 :Text;
  zone @3 :Text;              # IANA name; empty is the zone of the place that holds the ticket
  week @4 :List(Hours);       # seven, from Monday
  holidays @5 :UInt8;         # Holidays: does the production calendar count
  ownDays @6 :List(OwnDay);   # in their order, each once; before everything else
  disabled @7 :Bool;          # not for new queues
  struct OwnDay {
    day @0 :Int32;
    hours @1 :Hours;
  }
}

struct Norm {
  minutes @0 :UInt32;         # of the clock; 0 is no deadline
  unit @1 :UInt8;             # NormUnit
  running @2 :UInt8;          # Running
}

struct QueueChanged {
  # Where tickets wait for a line, with the norms of A14 and V3. Said as a calendar is.
  id @0 :Text;                # as a calendar's
  nameRu @1 :Text;
  nameEn @2 :Text;
  line @3 :UInt8;             # 1 to 3 (A9)
  calendar @4 :Text;          # a calendar's id
  norms @5 :List(Norms);      # four, from the lowest urgency
  reactions @6 :List(Reaction);
  disabled @7 :Bool;          # takes no new tickets
  topics @8 :List(Text);      # ids and groups of the rubricator that it takes; none is all of them
  sites @9 :List(UInt32);     # whose tickets it takes; none is everybody's
  silence @10 :Norm;           # so long an applicant who was asked may be silent until somebody is reminded; missing: three
                              # working days
  regionAfter @11 :Norm;       # so long a missed deadline is the supervisor's alone; missing: 15 working minutes
  struct Norms {
    registration @0 :Norm;
    completion @1 :Norm;
  }
  struct Reaction {
    category @0 :Text;        # the kind of a topic; empty is all others
    norm @1 :Norm;
  }
}

struct CompetenceChanged {
  # A clause of the list of what is answered and what is not (V9b). Said as a calendar is.
  id @0 :Text;                # as a calendar's
  name @1 :Text;
  text @2 :Text;
  answered @3 :Bool;
  disabled @4 :Bool;          # not to be quoted any more
}

struct TemplateChanged {
  # Words that are needed again and again, with fields: an answer, or what a new ticket says. Said as a calendar is.
  # A field stands in the text as its name in braces.
  id @0 :Text;                # as a calendar's
  name @1 :Text;
  use @2 :UInt8;              # TemplateUse
  text @3 :Text;
  fields @4 :List(Field);     # each name once, each named by the text
  kind @5 :UInt8;             # ContactKind; of a new ticket alone, as are the next two
  topic @6 :Text;             # empty is none
  urgency @7 :UInt8;          # Urgency; 0 is none
  disabled @8 :Bool;          # not to be used any more
  items @9 :List(Text);       # of a new ticket alone: what there is to do on its way (TicketItemChanged)
  struct Field {
    name @0 :Text;
    filling @1 :UInt8;        # Filling
    choices @2 :List(Text);   # of what is asked for; none is free text
  }
}

struct AgentStateChanged {
  agent @0 :Text;
  state @1 :UInt8;
  reason @2 :UInt8;
  at @3 :Int64;
  desk @4 :UInt16;
}

struct Erased {
  basis @0 :Text;             # the legal ground, not patient data
}

struct UserOverruled {
  # What a site's administrator said of a user of the region, for that site alone; its aggregate is made of site and user.
  # The whole of it is told each time, in the owner's order. The personal part may hold a password hash, which stands in
  # the place of the region's until the region changes the password: until an event of the user after (overTerm, overSeq)
  # brings one.
  user @0 :Data;
  disabled @1 :Bool;
  passwordAt @2 :Int64;       # when the site's password was set, ms, UTC; 0 is none
  overTerm @3 :UInt32;
  overSeq @4 :UInt32;
  absentFrom @5 :Int32;       # as a user's, and beside the region's own word: away by either is away
  absentTo @6 :Int32;
  substitute @7 :Text;
}

struct RecordsRead {
  # That the actor saw these records of patients (Trust, audit): once per user, record and ten minutes, several in one
  # event when they stood on one page. An aggregate of its own, told once.
  source @0 :UInt8;           # ReadFrom
  contacts @1 :List(Data);
  tickets @2 :List(Data);
  recordings @3 :List(Data);  # listened to (O6)
  purpose @4 :UInt8;          # ListenPurpose: why; 0 of reads that are no listening
}

struct TicketOffered {
  # The owner offers the ticket to another site, in the owner's order; it stays the owner until the region says otherwise.
  # The personal part may say why.
  to @0 :UInt32;              # 0 is the region, which may choose a site
  until @1 :Int64;            # ms, UTC, for the region's clock to judge; 0 is no end
}

struct TicketOfferCancelled {
  # The owner takes an offer back, in the owner's order. Without effect when the region has changed the owner before.
  offer @0 :UInt32;           # owner sequence of the offer, in the envelope's term
}

struct TicketOfferAnswered {
  # What the site said to which it was offered: an addition, since it is not the owner. Accepting is a request: the region
  # decides, in its own order. The personal part may say why.
  term @0 :UInt32;
  offer @1 :UInt32;           # owner sequence of the offer
  reply @2 :UInt8;            # OfferReply
}

struct TicketOwnerChanged {
  # The region alone says so; from any other origin it is without effect. The envelope's term is the new owner's; terms
  # follow each other without gaps. State changes by `from` behind validThrough are late actions: kept, shown, counted,
  # without effect. Positions of one journal are dense across its incarnations, so a number is enough.
  to @0 :UInt32;
  from @1 :UInt32;
  validThrough @2 :UInt64;    # position in the journal of `from`, as far as the region had it
  cause @3 :UInt8;            # OwnerCause
  leaseMs @4 :UInt32;         # routed work: how long the owner may be out of the region's hearing; 0 is no lease
}
