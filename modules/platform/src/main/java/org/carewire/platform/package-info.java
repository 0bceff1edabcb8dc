/** What every part stands on: the bus, deliveries, PostgreSQL, Redis, audit, metrics, health. */
@NullMarked
package org.carewire.platform;

import org.jspecify.annotations.NullMarked;
