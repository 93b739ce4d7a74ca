// `opora-node --speak-greetings FOLDER`: the texts of `--ari` (sounds.texts) spoken by espeak-ng
// into the PBX's folder of sounds, as 8 kHz 16-bit mono WAV (O8, T4, O6). At set-up time, by hand;
// nothing of the node is opened: it may run meanwhile.
//
// Beside FOLDER/opora/closed.wav stands closed.txt: the voice, the sound's digest and what was
// spoken. A changed text is spoken again; a sound that the note is not of, or in another form
// beside it (closed.alaw), is the hospital's own recording and stays. A run that was cut off is
// made good by the next.
#pragma once

#include <string>

namespace opora::node {

struct GreetingSettings {
  std::string folder;        // empty: nothing is to be spoken
  std::string voice = "ru";  // as espeak-ng names them
  std::string ari;           // the settings' file
};

// One line a text to standard output. 0: all are there; 1: some could not be spoken; 2: the
// settings are wrong, which standard error says with the option.
int speak_greetings(const GreetingSettings& settings);

}  // namespace opora::node
