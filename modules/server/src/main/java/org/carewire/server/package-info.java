/** Main, configuration, wiring and the demo mode. */
@NullMarked
package org.carewire.server;

import org.jspecify.annotations.NullMarked;
