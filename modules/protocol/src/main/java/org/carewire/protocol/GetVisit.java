package org.carewire.protocol;

/** {@code GET /visits/{visitId}}. */
public record GetVisit(VisitId visit) implements Command {}
