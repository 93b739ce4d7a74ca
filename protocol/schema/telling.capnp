@0xd86c1f09b2e74a35;
# Facts of telling the applicant (A15), beside those of facts.capnp, which has the rules for all. Moments in ms, UTC.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("opora::protocol::schema");

struct TellTimes {
  # Up to when the applicant is told of what just happened (A15), as the owner worked it out. Left out: nobody is to be told, or
  # as before there were any.
  warn @0 :Int64;             # from here on a letter is waited for no more: somebody calls
  due @1 :Int64;
}

struct TicketCallTried {
  # Somebody called the applicant, who does not know it yet (A15): nobody answered, or he asked for another time. The place is
  # that of what he is to be told of. Who reached him says TicketApplicantTold. The personal part: what was said.
  term @0 :UInt32;
  seq @1 :UInt32;
  result @2 :UInt8;           # CallTry
  at @3 :Int64;               # on the owner's clock
  again @4 :Int64;            # when it is tried again; 0 is not said
  tell @5 :TellTimes;         # when he asked for another time: of that; left out: as before
}

struct TicketTellingDue {
  # It is high time that the applicant is told, or it should have been done (A15, A-esc): said once by the owner.
  term @0 :UInt32;            # the place of what he is to be told of
  seq @1 :UInt32;
  threshold @2 :UInt8;        # Threshold
  moment @3 :Int64;           # when it was, as it stood then
  regionAt @4 :Int64;         # of what should have been told: from when on the region hears of it; 0 is at once
}

struct TicketTargetChanged {
  # What became of the ticket that this one is merged into, as this one's owner learned it: its applicant is told as well. An
  # event that names another ticket than the one it is merged into is without effect.
  into @0 :Data;
  ended @1 :UInt64;           # the hybrid time of the other's end, which names it; 0: it is open again
  status @2 :UInt8;           # of the other: done, rejected or closed; as it is when it is open
  reason @3 :UInt8;           # V11, when rejected
  at @4 :Int64;               # when this one's owner learned it, on his clock
  reopenUntil @5 :Int64;      # A17; 0 is never
  tell @6 :TellTimes;
}
