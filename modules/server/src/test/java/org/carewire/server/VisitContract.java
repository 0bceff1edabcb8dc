package org.carewire.server;

import static org.carewire.server.Clinic.newId;

import org.junit.jupiter.api.BeforeEach;

/** Facts about a patient and a provider in a visit, anew for each test. */
abstract class VisitContract extends Contract {
  String ann = "";
  String doc = "";
  String room = "";

  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    doc = newId("doc");
    room = "visit:" + clinic.visit(ann, doc);
  }
}
