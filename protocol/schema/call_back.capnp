@0xe17b3c5a90d4f268;
# Facts of calling back whoever called and was not answered (O7, N2), beside those of facts.capnp, which has the rules for all.
# One task a telephone number, which is the personal part of its opening alone. Moments in ms, UTC.
#
# The site that lost the call has the first term and says in whose hands the task is in each later one. What the owner of a
# term says stands in its order (claimed, tried); that the person called once more, or was talked with, anybody adds who knows
# of the task.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("opora::protocol::schema");

struct QueuePlace {
  # The place in a queue of callers that is kept for who asked to be called back, in the numbers of the plan of the site that
  # says it. Left out: he keeps none.
  queue @0 :UInt16;
  enteredAt @1 :Int64;
  priority @2 :UInt8;
  skills @3 :UInt32;          # bits
}

struct CallBackOpened {
  # A call was lost, and nobody is to call this number yet. The aggregate is a hash of the site and the call.
  call @0 :Data;
  lostAt @1 :Int64;
  desk @2 :UInt16;
  line @3 :Text;
  zoneOffsetMin @4 :Int16;
  againAt @5 :Int64;          # nobody calls before
  limit @6 :UInt8;            # so many calls without an answer end it
  place @7 :QueuePlace;
  journey @8 :Data;           # of the call, when it was on its way to another site; or empty
}

struct CallBackAsked {
  # One more call of the same number was lost. An addition.
  call @0 :Data;
  lostAt @1 :Int64;
  place @2 :QueuePlace;
}

struct CallBackClaimed {
  # A desk calls him, and nobody else does up to a moment. In the owner's order.
  by @0 :Text;                # a login
  at @1 :Int64;               # on the owner's clock
  until @2 :Int64;
}

struct CallBackTried {
  # What came of it; the claim is over. In the owner's order.
  result @0 :UInt8;           # CallBackResult
  by @1 :Text;                # a login, or an agent's name
  at @2 :Int64;               # on the owner's clock
  againAt @3 :Int64;          # nobody calls before; 0 is as before
  end @4 :UInt8;              # CallBackEnd; 0: he is still to be called
}

struct CallBackMet {
  # He was talked with, in whatever call. An addition.
  call @0 :Data;
  how @1 :UInt8;              # CallBackEnd: reached, or got through
}

struct CallBackRouted {
  # Said by the site that lost the call, as the first word of a term: whose it is from now on.
  to @0 :UInt32;              # a site number
  until @1 :Int64;            # of the lease, on the clock of the site that says it; 0 is none: home again
  validThrough @2 :UInt64;    # position in the journal of the owner before; what it said later is late
}
